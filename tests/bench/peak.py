"""`python -m tests.bench.peak …` runs `poruchenie …` and prints its seconds and its peak memory in MB."""

import resource
import subprocess
import sys
import time

start = time.perf_counter()
subprocess.run([sys.executable, "-m", "desk", *sys.argv[1:]], check=True)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
