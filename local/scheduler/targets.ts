import { setTimeout as wait } from "node:timers/promises";
import { doublingMs } from "#shared/domain/time/back-off.ts";
import type { AwsJson } from "../wire/aws-json.ts";
import type { ScheduleTarget } from "./schedule.ts";
import type { Invoke } from "./schedules.ts";

export type TargetDeps = {
	/** The URL of Lambda's Invoke operation; undefined until the supervisor has sent it. */
	readonly lambdaUrl: () => string | undefined;
	readonly lambdaAuthorization: string;
	readonly sqs: AwsJson;
	readonly sqsUrl: string;
	readonly log: (event: string, fields: object) => void;
};

const backOff = { firstMs: 1_000, maxMs: 60_000 };

/**
 * Invokes a Lambda function or sends to an SQS queue, with retries by the target's retry policy. A function that throws is also
 * invoked again; in AWS, Lambda itself retries it.
 */
export function invokeTargets(deps: TargetDeps): Invoke {
	return async (target) => {
		const { MaximumRetryAttempts = 185, MaximumEventAgeInSeconds = 86_400 } = target.RetryPolicy ?? {};
		const giveUpAt = Date.now() + MaximumEventAgeInSeconds * 1_000;
		for (let attempt = 0; ; attempt++) {
			try {
				return await invokeOnce(deps, target);
			} catch (error) {
				deps.log("schedule.failed", { target: target.Arn, attempt, error: String(error) });
				if (attempt >= MaximumRetryAttempts || Date.now() >= giveUpAt) return;
				await wait(doublingMs(backOff, attempt + 1), undefined, { ref: false });
			}
		}
	};
}

async function invokeOnce(deps: TargetDeps, { Arn, Input = "{}" }: ScheduleTarget): Promise<void> {
	const [, , service, , account, ...resource] = Arn.split(":");
	if (service === "sqs") {
		const QueueUrl = `${deps.sqsUrl}/${account}/${resource.join(":")}`;
		await deps.sqs("SendMessage", { QueueUrl, MessageBody: Input });
		return;
	}
	if (service !== "lambda")
		throw new Error(`${Arn} is not supported as a target: only Lambda functions and SQS queues are`);
	const url = deps.lambdaUrl();
	if (url === undefined) throw new Error("the functions are not started yet");
	const path = `/2015-03-31/functions/${encodeURIComponent(Arn)}/invocations`;
	const answer = await fetch(`${url}${path}`, {
		method: "POST",
		headers: { authorization: deps.lambdaAuthorization },
		body: Input,
	});
	const failed = answer.headers.get("x-amz-function-error");
	const body = await answer.text();
	if (!answer.ok || failed !== null) throw new Error(`${answer.status} ${failed ?? ""} ${body}`);
}
