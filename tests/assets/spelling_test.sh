#!/usr/bin/env bash
# The lessons are spelt well, and a lesson that is not is found.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
"$here/spelling"

work=$(mktemp -d "${TMPDIR:-/tmp}/qkvlab-spelling-XXXXXX")
trap 'rm -rf "$work"' EXIT
cat >"$work/wrong.md" <<'LESSON'
---
lesson: 1
title: A colour
outcome: You can speel.
---

# Headding

```step
experiment: catt
claim: argmax(qqq) = ttt
```

The color of *centr* is `codde` and $formulla$, {{exppr[sat,cat]}} of it.

```question
choose: Whichh one?
yes: Thiss | Becuase | plaace[ww,*] | settting = 4
goal: gooal < 3
```

$$
displayyed
$$
LESSON
expected="4: speel
7: Headding
14: centr
14: color
17: Whichh
18: Becuase
18: Thiss"
found="$("$here/spelling" "$work" | sed 's/.*wrong\.md://' | sort -n)" || true
[[ "$found" == "$expected" ]] || { printf 'found instead:\n%s\n' "$found" >&2; exit 1; }
