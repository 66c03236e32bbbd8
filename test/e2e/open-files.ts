import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * The number of files that a process has open, on Linux; elsewhere 0. Its connections to the servers at `poolUrls` do not
 * count: a client of AWS keeps as many as it ever needed at once.
 */
export function openFiles(pid: number, poolUrls: readonly string[]): number {
	if (process.platform !== "linux") return 0;
	const pooled = socketsTo(new Set(poolUrls.map((url) => Number(new URL(url).port))));
	return readdirSync(`/proc/${pid}/fd`).filter((fd) => !pooled.has(targetOf(pid, fd))).length;
}

/** Of /proc/net/tcp, whose addresses are in hex: the sockets with such a port at the other end. */
function socketsTo(ports: ReadonlySet<number>): ReadonlySet<string> {
	const [, ...lines] = readFileSync("/proc/net/tcp", "utf8").trim().split("\n");
	const columns = lines.map((line) => line.trim().split(/\s+/));
	const isPooled = (remote = "") => ports.has(Number.parseInt(remote.split(":")[1] ?? "", 16));
	return new Set(columns.filter(([, , remote]) => isPooled(remote)).map((fields) => `socket:[${fields[9]}]`));
}

function targetOf(pid: number, fd: string): string {
	try {
		return readlinkSync(`/proc/${pid}/fd/${fd}`);
	} catch {
		return "closed meanwhile";
	}
}
