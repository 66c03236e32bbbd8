import * as z from "zod";

const epochSeconds = z.number();

/** The input of CreateSchedule and UpdateSchedule. Fields that are not listed have no effect, but are returned by GetSchedule. */
export const scheduleInput = z.looseObject({
	GroupName: z.string().default("default"),
	ScheduleExpression: z.string(),
	ScheduleExpressionTimezone: z.string().default("UTC"),
	FlexibleTimeWindow: z.looseObject({ Mode: z.enum(["OFF", "FLEXIBLE"]) }),
	State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
	ActionAfterCompletion: z.enum(["NONE", "DELETE"]).default("NONE"),
	StartDate: epochSeconds.optional(),
	EndDate: epochSeconds.optional(),
	Target: z.looseObject({
		Arn: z.string().startsWith("arn:"),
		RoleArn: z.string().min(1),
		Input: z.string().optional(),
		RetryPolicy: z
			.object({
				MaximumRetryAttempts: z.int().min(0).max(185).default(185),
				MaximumEventAgeInSeconds: z.int().min(60).max(86_400).default(86_400),
			})
			.optional(),
	}),
	ClientToken: z.string().optional(),
});

export type ScheduleInput = z.output<typeof scheduleInput>;
export type ScheduleTarget = ScheduleInput["Target"];

export const scheduleName = z.string().regex(/^[0-9a-zA-Z\-_.]{1,64}$/);

export type Schedule = {
	readonly name: string;
	readonly arn: string;
	readonly input: ScheduleInput;
	/** In milliseconds since 1970. */
	readonly createdAt: number;
	readonly changedAt: number;
	/** After its last firing, if it is kept then. */
	readonly isDone?: boolean;
};

/** An error of the service. Its name is the answer's `x-amzn-errortype`. */
export class SchedulerError extends Error {
	readonly status: number;

	constructor(name: "ValidationException" | "ConflictException" | "ResourceNotFoundException", message: string) {
		super(message);
		this.name = name;
		this.status = { ValidationException: 400, ConflictException: 409, ResourceNotFoundException: 404 }[name];
	}
}
