import { describe, expect, it } from "vitest";
import type { AccountLimits } from "#shared/usecases/limits/limit-account.ts";
import { answerRequest, type ClientRequestDeps } from "#smpp/clients/client-requests.ts";
import type { RequestPdu } from "#smpp/wire/pdu.ts";
import { anAccount } from "#test/fakes/builders.ts";

const to = (count: number) => Array.from({ length: count }, () => ({ destination_addr: "77010000000" }));

describe("a client's request", () => {
	it.each([
		["submit_sm", {}, 1],
		["query_sm", {}, 1],
		["submit_multi", { dest_address: to(254) }, 254],
		["submit_multi", { dest_address: [] }, 1],
	])("%s counts once per recipient against its account's limit, and at least once (A47)", async (...row) => {
		const [command, fields, count] = row;
		const counted: number[] = [];
		const takeRequest: AccountLimits["takeRequest"] = async (_, requests = 1) => {
			counted.push(requests);
			return { kind: "over", limit: "requestsPerSecond", max: 1, afterMs: 1 };
		};
		const deps = { limits: { takeRequest }, sampledLog: () => undefined } as unknown as ClientRequestDeps;

		const pdu = { command, fields, tlvs: [] } as unknown as RequestPdu;
		const answer = await answerRequest(deps, anAccount(), pdu, { session: null, address: "203.0.113.7" });

		expect(answer).toEqual({ command_status: 0x58 });
		expect(counted).toEqual([count]);
	});
});
