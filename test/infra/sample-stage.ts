import { readStage, type Stage } from "#infra/stage.ts";
import { account } from "#local/template/local-world.ts";

/** The stage that the template's tests are about. Its account is the local stack's, so that both resolve to the same names. */
export const sampleStage: Stage = readStage({
	name: "sample",
	account,
	region: "eu-central-1",
	publicUrl: "https://sms.example.kz",
	certificateArn: `arn:aws:acm:eu-central-1:${account}:certificate/00000000-0000-0000-0000-000000000000`,
	alarmAddress: "gateway-duty@example.kz",
	operators: {
		beeline: { host: "smsc.beeline.example", port: 2775, system_id: "smsgw", binds: 2, tps: 200 },
		kcell: { host: "smsc.kcell.example", port: 2775, system_id: "smsgw", binds: 4, tps: 200 },
		altel: { host: "smsc.altel.example", port: 2775, system_id: "smsgw" },
		tele2: { host: "smsc.tele2.example", port: 2775, system_id: "smsgw" },
	},
});
