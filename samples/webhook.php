<?php
// Prints the reports that the gateway posts: php -S 127.0.0.1:8090 webhook.php
// With SMSGW_SECRET, the secret that "accounts webhook secret rotate" printed, it refuses reports with another signature.

function isGenuine(string $body): bool
{
    $secret = getenv('SMSGW_SECRET');
    if ($secret === false) {
        return true;
    }
    $timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    // An old report may be a stolen one.
    if (abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    $key = base64_decode(substr($secret, strlen('whsec_')));
    $signed = ($_SERVER['HTTP_WEBHOOK_ID'] ?? '') . ".$timestamp.$body";
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', $signed, $key, true));
    foreach (explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '') as $given) {
        if (hash_equals($expected, $given)) {
            return true;
        }
    }
    return false;
}

$body = file_get_contents('php://input');
if (!isGenuine($body)) {
    http_response_code(401);
    return;
}
$reports = json_decode($body, true);
$out = fopen('php://stdout', 'w');
// A report may come twice, and in any order: the status of a message_id is what counts.
foreach ($reports['delivery_report'] ?? [] as $report) {
    fwrite($out, "{$report['message_id']} {$report['client_message_id']} {$report['status']}\n");
}
foreach ($reports['incoming_report'] ?? [] as $incoming) {
    fwrite($out, "{$incoming['sender']} {$incoming['text']}\n");
}
// 204 confirms the report; so does 200 with the body OK.
http_response_code(204);
