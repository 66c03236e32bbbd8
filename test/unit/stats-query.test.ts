import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { statsQuery } from "#lambdas/http/stats-query.ts";
import { Refusal } from "#shared/domain/message/refusal.ts";
import { mondayAtEleven } from "#test/fakes/builders.ts";

const read = (query?: Readonly<Record<string, string>>) =>
	statsQuery({ queryStringParameters: query } as APIGatewayProxyEventV2, mondayAtEleven);

describe("the query of GET /stats (A52)", () => {
	it("is by default the last seven days, by day", () => {
		expect(read()).toMatchObject({ from: "2026-11-17", to: "2026-11-23", by: "day" });
		expect(read({ to: "2026-03-02" })).toMatchObject({ from: "2026-02-24", to: "2026-03-02" });
	});

	it("may be a day by hour, or some months", () => {
		expect(read({ from: "2026-11-23", by: "hour" })).toMatchObject({
			from: "2026-11-23",
			to: "2026-11-23",
			by: "hour",
		});
		expect(read({ from: "2026-09-01", to: "2026-11-30", by: "month" }).by).toBe("month");
	});

	it.each([
		[{ by: "week" }, "by", "by must be one of hour, day, month"],
		[{ by: "" }, "by", "by must be one of hour, day, month"],
		[{ from: "2026-11-31" }, "from", "from must be a day such as 2026-11-28"],
		[{ to: "28.11.2026" }, "to", "to must be a day such as 2026-11-28"],
		[{ from: "" }, "from", "from must be a day such as 2026-11-28"],
		[{ from: "2026-11-24" }, "from", "from must not be later than to"],
		[{ from: "2026-10-23", by: "hour" }, "from", "from must be at most 31 days before to, by hour"],
		[{ from: "2026-08-01" }, "from", "from must be at most 92 days before to, by day"],
		[{ from: "2000-01-01", to: "9999-12-31" }, "from", "from must be at most 92 days before to, by day"],
	] as const)("refuses %j with a clear 400", (query, field, detail) => {
		expect(() => read(query)).toThrow(new Refusal(null, { field, detail }));
		expect(() => read(query)).toThrow(detail);
	});
});
