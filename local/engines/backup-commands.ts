import type { BackupCommand, BackupStep } from "./engine-messages.ts";
import type { Gate } from "./gate.ts";
import type { LmdbStore } from "./lmdb-store.ts";

/**
 * Carries out an engine's part of a backup. The supervisor holds all engines, lets each begin its copy, and then releases them: from
 * then on the copies are of that instant, whatever is written meanwhile.
 */
export function backupCommands(store: LmdbStore, gate: Gate, report: (step: BackupStep) => void) {
	return async ({ id, backup, file }: BackupCommand): Promise<void> => {
		try {
			if (backup === "release") return gate.release();
			if (backup === "hold") {
				gate.hold();
				await store.written();
				return report({ id, step: "held" });
			}
			const copy = store.copyTo(file);
			await copy.begun;
			report({ id, step: "begun" });
			await copy.done;
			report({ id, step: "copied" });
		} catch (error) {
			report({ id, step: "failed", error: String(error) });
		}
	};
}
