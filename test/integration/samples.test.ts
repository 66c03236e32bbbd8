import { createHmac } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { isInstalled, startSample, webhooks } from "#test/e2e/samples.ts";

const key = Buffer.from("a secret of this test");
const body = JSON.stringify({ delivery_report: [{ status: "DELIVERED", client_message_id: "1", message_id: 1 }] });
const timestamp = String(Math.floor(Date.now() / 1_000));
const head = { "webhook-id": "w1", "webhook-timestamp": timestamp };
const signature = `v1,${createHmac("sha256", key).update(`w1.${timestamp}.${body}`).digest("base64")}`;

describe.each(webhooks)("the sample of a webhook server in $name", ({ needs, run }) => {
	it.skipIf(!isInstalled(needs))("refuses with 401 what has no signature, or another one, and goes on", async () => {
		const { url, lines, stop } = await startSample(run, { SMSGW_SECRET: `whsec_${key.toString("base64")}` });
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
		await expect.poll(() => lines.at(-1), { timeout: 10_000 }).toBe("1 1 DELIVERED");
	});
});
