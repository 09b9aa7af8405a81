/** config → compose → listen → close gracefully */
import { availableParallelism } from "node:os";

// libuv reads this when its pool starts, which is at the first hash, file or DNS call: hence before all imports that
// do such things. Argon2 takes one thread per core; the others keep files and DNS going meanwhile.
process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism() + 4);

const { run } = await import("./run.ts");
await run(process.argv.slice(2));
