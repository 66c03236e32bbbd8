import { type Stage, stageSchema } from "./stage.ts";

/** Every deployment there is. The sample shows the form; a real one has its operators' addresses from their contracts. */
export const stages: readonly Stage[] = [
	stageSchema.parse({
		name: "sample",
		region: "eu-central-1",
		publicUrl: "https://sms.example.kz",
		operators: {
			beeline: { host: "smsc.beeline.example", port: 2775, system_id: "smsgw", binds: 2, tps: 200 },
			kcell: { host: "smsc.kcell.example", port: 2775, system_id: "smsgw", binds: 2, tps: 200 },
			altel: { host: "smsc.altel.example", port: 2775, system_id: "smsgw" },
			tele2: { host: "smsc.tele2.example", port: 2775, system_id: "smsgw" },
		},
	}),
];
