"""Enqueues as many no-op jobs as the first argument says into an empty database, runs them, and prints jobs per second; enqueuing is
not counted."""

import asyncio
import os
import sys
import time

import asyncpg
from pgqueuer import PgQueuer
from pgqueuer.db import AsyncpgPoolDriver
from pgqueuer.queries import Queries

# The largest batch that was quicker than the one before.
BATCH = 500
PATIENCE = 300


async def drain(count: int) -> float:
    async with asyncpg.create_pool(os.environ["PEER_DATABASE_URL"], min_size=4, max_size=8) as pool:
        driver = AsyncpgPoolDriver(pool)
        queries = Queries(driver)
        await queries.install()
        for first in range(0, count, 1000):
            size = min(1000, count - first)
            await queries.enqueue(["noop"] * size, [b"x"] * size, [0] * size)
        queue = PgQueuer(driver)
        drained = asyncio.Event()
        done = 0

        @queue.entrypoint("noop")
        async def noop(job) -> None:
            nonlocal done
            done += 1
            if done == count:
                drained.set()

        began = time.monotonic()
        running = asyncio.create_task(queue.run(batch_size=BATCH))
        await asyncio.wait_for(drained.wait(), PATIENCE)
        seconds = time.monotonic() - began
        queue.shutdown.set()
        await running
        return count / seconds


print(round(asyncio.run(drain(int(sys.argv[1])))))
