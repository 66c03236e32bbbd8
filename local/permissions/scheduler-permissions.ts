import * as z from "zod";
import type { Permission } from "./policy.ts";
import type { ArnOf, AwsRequest } from "./request.ts";

const verbs: Readonly<Record<string, string>> = { POST: "Create", PUT: "Update", GET: "Get", DELETE: "Delete" };

const naming = z.object({
	GroupName: z.string().optional(),
	Target: z.object({ RoleArn: z.string() }).optional(),
});

/** The permissions that a call to the Scheduler needs: its action, and iam:PassRole for a target's role. */
export function schedulerPermissions({ method, url, body }: AwsRequest, arnOf: ArnOf): readonly Permission[] {
	const { pathname, searchParams } = new URL(url, "http://scheduler");
	const [, kind, name = ""] = /^\/(schedules|schedule-groups)(?:\/([^/]+))?$/.exec(pathname) ?? [];
	const noun = kind === "schedules" ? "Schedule" : "ScheduleGroup";
	if (name === "" || kind === undefined) return [{ action: `scheduler:List${noun}s`, resource: "*" }];
	const { GroupName, Target } = naming.safeParse(body).data ?? {};
	const group = GroupName ?? searchParams.get("groupName") ?? "default";
	const schedule = decodeURIComponent(name);
	const resource = kind === "schedules" ? `schedule/${group}/${schedule}` : `schedule-group/${schedule}`;
	const own = { action: `scheduler:${verbs[method]}${noun}`, resource: arnOf("scheduler", resource) };
	if (!Target) return [own];
	const context = { "iam:PassedToService": "scheduler.amazonaws.com" };
	return [own, { action: "iam:PassRole", resource: Target.RoleArn, context }];
}
