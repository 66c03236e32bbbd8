import type { LocalStack } from "#local/local-stack-options.ts";
import type { CheckDueCall } from "#shared/contracts/check-due-call.ts";

export async function invokeCheckDue(localStack: LocalStack, call: CheckDueCall): Promise<void> {
	const url = `${localStack.lambdaUrl}/2015-03-31/functions/smsgw-local-check-due/invocations`;
	const answer = await fetch(url, { method: "POST", body: JSON.stringify(call) });
	const body = await answer.text();
	if (!answer.ok || answer.headers.has("x-amz-function-error")) throw new Error(`check-due: ${answer.status} ${body}`);
}
