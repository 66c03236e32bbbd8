import { resolve } from "node:path";
import * as z from "zod";
import { type BackupRequest, backupPath, backupReport } from "#shared/contracts/local-stack-info.ts";
import { command } from "../command.ts";
import { UsageError } from "../errors.ts";

/** Copying runs at the speed of the disk. */
const withinMs = 6 * 60 * 60_000;

export const backup = command({
	call: "backup <folder>",
	description: "copy the data of a local stack that runs with SMSGW_DATA",
	notes: `The gateway goes on meanwhile. The copy is of one instant: it has everything that was acknowledged before. It has the gateway's
secrets too, so only this user can read it. To restore it, start on the folder: SMSGW_DATA=FOLDER npm start. Messages that
waited at that instant are then sent again, so see docs/one-machine.md first.

A stage on AWS has its own backups (docs/restore.md).`,
	example: "backup /var/backups/smsgw/2026-11-28 --local",
	input: z.object({ folder: z.string().min(1, "the name of a new folder") }),
	async run({ folder }, { control }) {
		if (control === null) throw new UsageError("this works on the local stack only: give --local");
		const request: BackupRequest = { folder: resolve(folder) };
		const report = backupReport.parse(await control.request("POST", backupPath, request, withinMs));
		const text = `copied ${(report.octets / 1_048_576).toFixed(1)} MB to ${report.folder} in ${(report.tookMs / 1_000).toFixed(1)} s`;
		return { data: { folder: report.folder, octets: report.octets, took_ms: report.tookMs }, text };
	},
});
