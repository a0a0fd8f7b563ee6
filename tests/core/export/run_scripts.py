"""run_scripts.py FOLDER: runs every script in it and saves what its run() returns as NAME.npz beside it."""
import glob
import os
import runpy
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")  # NaN and infinities are part of the tests
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.py"))):
    stages = runpy.run_path(path)["run"]()
    np.savez(path[:-3] + ".npz", **{f"{name}.{layer}.{head}": np.asarray(matrix) for (name, layer, head), matrix in stages.items()})
