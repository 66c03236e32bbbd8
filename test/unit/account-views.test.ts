import { describe, expect, it } from "vitest";
import { sessionCounts } from "#admin/views/session-counts.ts";
import { windowWarnings } from "#admin/views/window-warnings.ts";
import { anAccount } from "#test/fakes/builders.ts";
import { memoryLeases } from "#test/fakes/memory-leases.ts";

const sender = (name: string, defaultTimeBounds: "def" | "full" | null) => ({
	...{ name, defaultTimeBounds, allowedTimeBounds: null },
});

describe("the warning of a window", () => {
	it.each([
		["all, by the account's own", anAccount({ defaultTimeBounds: "def" }), [null]],
		["all, each by its own", anAccount({ senders: [sender("A", "def"), sender("B", "def")] }), [null]],
		["a sender with its own", anAccount({ senders: [sender("A", "def"), sender("B", null)] }), [["A"]]],
		[
			"those without their own",
			anAccount({ defaultTimeBounds: "def", senders: [sender("A", "def"), sender("B", null), sender("C", "full")] }),
			[["A", "B"]],
		],
		["none", anAccount({ defaultTimeBounds: "def", senders: [sender("A", "full")] }), []],
		["none of full days", anAccount(), []],
		["none without senders", anAccount({ defaultTimeBounds: "def", senders: [] }), []],
	])("names %s", (_, account, senders) => {
		expect(windowWarnings(account).map((one) => one.senders)).toEqual(senders);
	});
});

describe("the sessions of accounts", () => {
	const smpp = { bindsMax: 3, windowMax: 50, networks: null, reportsQueueUrl: null, reportsBy: "channel" } as const;

	it("count those whose task is present", async () => {
		const leases = memoryLeases();
		await leases.hold("session#a#0", "here#1", 0, 100);
		await leases.hold("session#a#2", "here#2", 0, 100);
		await leases.hold("session#b#0", "dead#1", 0, 100);
		await leases.hold("smpp-task#here", "here", 0, 100);
		const accounts = ["a", "b", "c"].map((userName) => anAccount({ userName, smpp: userName === "c" ? null : smpp }));

		expect(Object.fromEntries(await sessionCounts(leases, accounts, 50))).toEqual({ a: 2, b: 0, c: 0 });
	});
});
