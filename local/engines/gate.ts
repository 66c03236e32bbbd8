/** Holds an engine's calls back for a moment, so that copies of several stores are of the same instant. */
export type Gate = {
	/** Undefined if calls may pass. */
	passed(): Promise<void> | undefined;
	hold(): void;
	release(): void;
};

/** A gate that is not released opens after this time: a backup may fail, but calls go on. */
const heldMaxMs = 10_000;

export function openGate(maxMs = heldMaxMs): Gate {
	let held: PromiseWithResolvers<void> | undefined;
	let timer: NodeJS.Timeout | undefined;
	const release = () => {
		clearTimeout(timer);
		held?.resolve();
		held = undefined;
	};
	return {
		passed: () => held?.promise,
		hold() {
			held ??= Promise.withResolvers();
			clearTimeout(timer);
			timer = setTimeout(release, maxMs);
		},
		release,
	};
}
