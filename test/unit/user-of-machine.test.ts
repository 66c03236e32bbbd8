import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { userOfMachine } from "#admin/console/user-of-machine.ts";

it("the user of the machine is its name, or its number if it has no name", () => {
	const nameless = () => {
		throw new Error("A system error occurred: uv_os_get_passwd returned ENOENT");
	};

	expect(userOfMachine()).toBe(userInfo().username);
	expect(userOfMachine(nameless)).toBe(`uid ${process.getuid?.()}`);
});
