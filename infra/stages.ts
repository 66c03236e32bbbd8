import { readStage, type Stage } from "./stage.ts";

/** Every deployment there is. The sample shows the form; a real one has its operators' addresses from their contracts. */
export const stages: readonly Stage[] = [
	readStage({
		name: "sample",
		region: "eu-central-1",
		publicUrl: "https://sms.example.kz",
		certificateArn: "arn:aws:acm:eu-central-1:111122223333:certificate/00000000-0000-0000-0000-000000000000",
		alarmAddress: "gateway-duty@example.kz",
		operators: {
			beeline: { host: "smsc.beeline.example", port: 2775, system_id: "smsgw", binds: 2, tps: 200 },
			kcell: { host: "smsc.kcell.example", port: 2775, system_id: "smsgw", binds: 2, tps: 200 },
			altel: { host: "smsc.altel.example", port: 2775, system_id: "smsgw" },
			tele2: { host: "smsc.tele2.example", port: 2775, system_id: "smsgw" },
		},
	}),
];
