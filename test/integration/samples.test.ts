import { createHmac } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { isInstalled, startSample, webhooks } from "#test/e2e/samples.ts";

const key = Buffer.from("a secret of this test");
const body = JSON.stringify({ delivery_report: [{ message_id: 1, client_message_id: "1", status: "DELIVERED" }] });
const head = { "webhook-id": "w1", "webhook-timestamp": "1795868260" };
const signature = `v1,${createHmac("sha256", key).update(`w1.1795868260.${body}`).digest("base64")}`;

describe.each(webhooks)("the sample of a webhook server in $name", ({ interpreter, command }) => {
	it.skipIf(!isInstalled(interpreter))(
		"refuses with 401 what has no signature, or another one, and goes on",
		async () => {
			const { url, lines, stop } = await startSample(command, { SMSGW_SECRET: `whsec_${key.toString("base64")}` });
			onTestFinished(stop);
			const post = async (headers: Record<string, string>) =>
				(await fetch(url, { method: "POST", body, headers: { ...head, ...headers } })).status;

			const statuses = [
				await post({}),
				await post({ "webhook-signature": "" }),
				await post({ "webhook-signature": "v1,x v1a,y" }),
				await post({ "webhook-signature": `v1,x ${signature}` }),
			];

			expect(statuses).toEqual([401, 401, 401, 204]);
			await expect.poll(() => lines).toEqual(["1 1 DELIVERED"]);
		},
	);
});
