import { describe, expect, it } from "vitest";
import { markedSettings, smscInEffect } from "#admin/smsc-settings.ts";
import { smsc } from "#shared/contracts/smscs.ts";
import { defaultBindLimits } from "#smpp/operators/keep-bind.ts";
import { addressKinds } from "#smpp/wire/address-kinds.ts";

const given = { host: "smsc.example", port: 2_775, system_id: "smsgw" };

describe("an SMSC's settings in effect", () => {
	it("are those given, and all others with their defaults", () => {
		const { settings, defaults } = smscInEffect({
			...given,
			window: 10,
			bind: { system_type: "VMA" },
			statuses: { "8": "permanent", "1027": "temporary" },
			submit: { protocol_id: 64, tlvs: [{ tag: "0x1401", hex: "0a" }] },
			tls: {},
		});

		expect(settings).toMatchObject({
			...given,
			binds: 1,
			window: 10,
			bind: { system_type: "VMA", sessions: "transceiver" },
			statuses: { "4": "reconnect", "8": "permanent", "1027": "temporary" },
			submit: { protocol_id: 64, alphabet: "gsm7", source: addressKinds },
			receipt_ids: "learnt",
			tls: "yes",
		});
		expect(defaults).toEqual(
			expect.arrayContaining([
				"binds",
				"tps",
				"bind.sessions",
				"statuses.4",
				"submit.alphabet",
				"submit.source.short.ton",
			]),
		);
		const own = [
			"host",
			"port",
			"window",
			"bind.system_type",
			"statuses.8",
			"statuses.1027",
			"submit.protocol_id",
			"submit.tlvs",
			"tls",
		];
		expect(defaults.filter((name) => own.includes(name))).toEqual([]);
	});

	it("have every setting, and the times that a bind has", () => {
		const { settings } = smscInEffect(given);

		expect(Object.keys(settings ?? {})).toEqual(Object.keys(smsc.shape));
		expect(Object.values(settings ?? {})).not.toContain(undefined);
		expect(settings).toMatchObject({
			response_seconds: defaultBindLimits.answerMs / 1_000,
			enquire_link_seconds: defaultBindLimits.idleMs / 1_000,
		});
	});

	it("are shown with the defaults marked, and without the ca's text", () => {
		const shown = markedSettings(smscInEffect({ ...given, binds: 2, tls: { ca: "-----BEGIN" } }));

		expect(shown).toMatchObject({
			host: "smsc.example",
			binds: "2",
			window: "50 (default)",
			tls: "yes, with a ca of its own",
			standby_hosts: "none (default)",
			bind: { system_type: "none (default)" },
			submit: { destination: { ton: "1 (default)" } },
		});
		expect(JSON.stringify(shown)).not.toContain("BEGIN");
	});

	it("are none if they are not valid", () => {
		expect(smscInEffect({ host: "x" })).toEqual({ settings: null, defaults: [] });
	});
});
