"""Run by the benchmark's own environment: one-step DBOS workflows a second. Arguments: PostgreSQL URL, count."""

import logging
import sys
import time
from urllib.parse import urlsplit, urlunsplit

import psycopg
from dbos import DBOS

url, count = sys.argv[1], int(sys.argv[2])
name = "poruchenie_bench_dbos"
with psycopg.connect(url, autocommit=True) as connection:
    connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    connection.execute(f"CREATE DATABASE {name}")
DBOS(config={"name": "bench", "system_database_url": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))})


@DBOS.step()
def step(number: int) -> int:
    return number


@DBOS.workflow()
def workflow(number: int) -> int:
    return step(number)


logging.disable(logging.INFO)
DBOS.launch()
for number in range(20):
    workflow(number)
start = time.perf_counter()
for number in range(count):
    workflow(number)
rate = count / (time.perf_counter() - start)
DBOS.destroy()
with psycopg.connect(url, autocommit=True) as connection:
    connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
print(rate)
