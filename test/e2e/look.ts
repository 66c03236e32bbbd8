import type { House } from "#local/house-options.ts";
import type { LookCall } from "#shared/contracts/look-call.ts";

/** Calls the look function as a schedule does, by Lambda's Invoke. */
export async function invokeLook(house: House, call: LookCall): Promise<void> {
	const url = `${house.lambdaUrl}/2015-03-31/functions/smsgw-local-look/invocations`;
	const answer = await fetch(url, { method: "POST", body: JSON.stringify(call) });
	const body = await answer.text();
	if (!answer.ok || answer.headers.has("x-amz-function-error")) throw new Error(`look: ${answer.status} ${body}`);
}
