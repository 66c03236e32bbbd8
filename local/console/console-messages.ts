import * as z from "zod";

/** What the supervisor sends the console's process first; then it sends connections. */
export const consoleStart = z.object({ port: z.int() });
export type ConsoleStart = z.output<typeof consoleStart>;
