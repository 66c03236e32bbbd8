import { mkdirSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { currentLayout, folder, releasedLayouts } from "./layouts.ts";

/** Run by `npm run layout`: writes a file of what today's code stores, if it differs from the newest one. */
mkdirSync(folder, { recursive: true });
const released = releasedLayouts();
const current = await currentLayout();
const [newest, layout] = released.at(-1) ?? [];
if (isDeepStrictEqual(layout, current)) process.stdout.write(`${newest} is the layout of this code\n`);
else {
	const file = `${String(Number(newest?.slice(0, 4) ?? 0) + 1).padStart(4, "0")}.json`;
	writeFileSync(`${folder}${file}`, `${JSON.stringify(current, null, "\t")}\n`);
	process.stdout.write(`wrote test/layouts/released/${file}\n`);
}
