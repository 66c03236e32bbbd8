import type { Entries } from "#infra/entries.ts";
import type { Stage } from "#infra/stage.ts";
import { startChild } from "../processes/child.ts";
import { type Template, template } from "./template.ts";

/** Synthesises once. */
export type Synthesiser = {
	synthesise(stage: Stage, entries: Entries): Promise<Template>;
	close(): void;
};

/** Begins to load CDK in a process of its own, which takes as long as starting the others. */
export function startSynthesiser(logFd: number): Synthesiser {
	const child = startChild({ entry: "local/template/main.ts", env: {}, logFd });
	return {
		async synthesise(stage, entries) {
			child.sendMessage({ stage, entries });
			const synthesised = await child.nextMessage(template);
			child.kill();
			return synthesised;
		},
		close: child.kill,
	};
}
