"""The text that the induction checkpoint is trained and measured on: random words with a repeated part."""
import torch

UNKNOWN = "<unk>"
# Everyday words, so that many a sentence can be typed; to the model they are all alike.
WORDS = """. , a about after again all also always an and animal any apple are arm around as ask at away back bad bag ball
bank be because bed before bell bench big bird black blue boat book both box boy bread bridge bring brown but by cake
call came can car carry cat chair child city clean close cloud coat cold come corn cow cup dark day did do dog door
down drink dry each ear eat egg end eye face fall far farm fast feet fell find fire fish five flower fly for found four
fox frog from full game garden gave girl give glass go goat gold good grass green had hand happy has hat have he head
hear her here high hill him his hold home horse house how i ice if in into is it its jump just key king kitchen know
lake lamp last leaf left light like lion little long look made make man many may me milk moon more mouse my name new
night nine no not now of old on one open or other our out over paper park path pen people play pond put queen quick
rain ran read red river road rock room run said sat saw school sea see seven she ship shoe show sing sit six sky sleep
slow small snow so some song star stone sun table take talk tall ten that the their them then there they this three
time to took town tree two under up very wall wanted was water we went were what when where white who will wind window
with wolf wood yellow you your""".split()


def shuffled(count, n, g):
    """[count, n] each row distinct random words."""
    return torch.rand(count, len(WORDS) + 1, generator=g).argsort(dim=1)[:, :n]


def repeated(count, n, g, shortest=4):
    """(ids [count, n], predictable [count, n]): random words in which a part of random length stands again, at a random
    distance. predictable[i] says that the token i+1 can be known from the tokens up to i."""
    ids = torch.randint(0, len(WORDS) + 1, (count, n), generator=g)
    distinct = torch.rand(count, generator=g) < 0.5
    ids[distinct] = shuffled(int(distinct.sum()), n, g)
    predictable = torch.zeros(count, n, dtype=torch.bool)
    for row in range(count):
        def draw(low, high):
            return int(torch.randint(low, high + 1, (), generator=g))
        length = draw(shortest, n // 2)
        first = draw(0, n - 2 * length)
        again = draw(first + length, n - length)
        part = ids[row, first : first + length].clone()
        ids[row, again : again + length] = part
        # The same words in another order before it: only the latest order is the right one.
        if first >= length and draw(0, 1):
            at = draw(0, first - length)
            ids[row, at : at + length] = part[torch.randperm(length, generator=g)]
        predictable[row, again : again + length - 1] = True
    return ids, predictable


def pieces(count, n, g):
    """As above, easier: a few words of filler, a part of 3 to 6 words, then pieces of it, cyclic, in any order."""
    ids = torch.randint(0, len(WORDS) + 1, (count, n), generator=g)
    predictable = torch.zeros(count, n, dtype=torch.bool)
    draws = torch.rand(count, n, 2, generator=g)
    lengths, offsets = (torch.randint(low, high + 1, (count,), generator=g).tolist() for low, high in ((3, 6), (0, 8)))
    for row, (length, offset) in enumerate(zip(lengths, offsets)):
        at = offset + length
        part = ids[row, offset:at].repeat(3)
        for size, begin in draws[row].tolist():
            size, begin = 2 + int(size * (length - 1)), int(begin * length)
            if at + size > n:
                break
            ids[row, at : at + size] = part[begin : begin + size]
            predictable[row, at : at + size - 1] = True
            # After the part's last word its first one is new the first time: left out.
            if begin + size > length:
                predictable[row, at + length - 1 - begin] = False
            at += size
    return ids, predictable


def twice(count, length, g):
    """[count, 2·length]: distinct random words, and the same again."""
    return shuffled(count, length, g).repeat(1, 2)


def scores(pattern, ids):
    """pattern [batch, heads, n, n], ids [batch, n] -> (previous-token, induction) scores of every head, [heads] each:
    the mean over queries i >= 1 of a[i, i-1]; the mean over queries whose token stood there before of the weight on
    the token after its last earlier occurrence."""
    n = ids.shape[1]
    previous = pattern.diagonal(offset=-1, dim1=-2, dim2=-1).mean(dim=(0, 2))
    earlier = (ids[:, :, None] == ids[:, None, :]) & torch.ones(n, n, dtype=torch.bool).tril(-1)
    last = torch.where(earlier, torch.arange(n), -1).amax(dim=-1)
    after = pattern.gather(-1, (last + 1)[:, None, :, None].expand(-1, pattern.shape[1], -1, 1))[..., 0]
    seen = (last >= 0)[:, None, :].expand_as(after)
    induction = torch.stack([after[:, h][seen[:, h]].mean() for h in range(pattern.shape[1])])
    return previous, induction
