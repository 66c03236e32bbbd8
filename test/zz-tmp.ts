import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { localEngine } from "#test/contract/dynamo-engines.ts";
const e = await localEngine();
const { protocol, hostname, port } = await e.client.config.endpoint!();
const f = (s: string) => { const n=`/tmp/big-${s[0]}.csv`; writeFileSync(n, `msisdn,state,rn_code\n${Array.from({ length: 200000 }, (_, i) => `7747${String(i).padStart(7, "0")},${s}`).join("\n")}`); return n; };
const files=[f("ported,02"), f("ported,02"), f("none,")];
for (const mb of process.argv.slice(2)) for (const [i,file] of files.entries()) {
 const t=performance.now();
 const r = spawnSync(process.execPath, [`--max-old-space-size=${mb}`, "admin/import-numbers.ts","--rows-per-second=1000000",file], {env:{NUMBERS_TABLE:e.tables["numbers"]!,AWS_ENDPOINT_URL_DYNAMODB:`${protocol}//${hostname}:${port}`,AWS_REGION:"eu-central-1",AWS_ACCESS_KEY_ID:"l",AWS_SECRET_ACCESS_KEY:"l"},encoding:"utf8"});
 console.log(mb,i,r.status,r.signal,r.stdout.trim(),((performance.now()-t)/1000).toFixed(1)+" s", r.stderr.split("\n").slice(0,2));
}
e.close(); process.exit(0);
