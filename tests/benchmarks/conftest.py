"""The modules of the benchmark are scripts: tests find them as the scripts find one another."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
