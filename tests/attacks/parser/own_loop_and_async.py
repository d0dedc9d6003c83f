# about: top-level await, an own event loop, and asyncio patched under the shell
# base: solved 01_encoding
# score: 15, json_loads_strict 0

# %% json_loads_strict
import asyncio

await asyncio.sleep(0)
asyncio.get_event_loop_policy().set_event_loop(None)


async def json_loads_strict(data):
    return {}
