// Prints the reports that the gateway posts: java Webhook.java [PORT]
// With SMSGW_SECRET, the secret that "accounts webhook secret rotate" printed, it refuses reports with another signature.

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Webhook {
    static final String SECRET = System.getenv("SMSGW_SECRET");
    /** One report of a message. Use your JSON library. */
    static final Pattern REPORT = Pattern.compile(
        "\\{\"status\":\"(\\w+)\",\"client_message_id\":(?:null|\"((?:[^\"\\\\]|\\\\.)*)\").*?\"message_id\":(\\d+)");

    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 8090;
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        server.createContext("/", Webhook::answer);
        server.start();
        System.out.println("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    static void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        int status = 401;
        if (isGenuine(exchange.getRequestHeaders(), body)) {
            String text = new String(body, StandardCharsets.UTF_8);
            // A report may come twice, and in any order: the status of a message_id is what counts.
            Matcher report = REPORT.matcher(text);
            while (report.find()) System.out.println(report.group(3) + " " + report.group(2) + " " + report.group(1));
            if (text.startsWith("{\"incoming_report\"")) System.out.println(text);
            // 204 confirms the report; so does 200 with the body OK.
            status = 204;
        }
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    static boolean isGenuine(Headers headers, byte[] body) {
        if (SECRET == null) return true;
        String timestamp = headers.getFirst("webhook-timestamp");
        String signatures = headers.getFirst("webhook-signature");
        if (timestamp == null || signatures == null || !timestamp.matches("\\d{1,12}")) return false;
        // An old report may be a stolen one.
        if (Math.abs(System.currentTimeMillis() / 1_000 - Long.parseLong(timestamp)) > 300) return false;
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET.substring("whsec_".length())), "HmacSHA256"));
            mac.update((headers.getFirst("webhook-id") + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
            byte[] expected = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes(StandardCharsets.UTF_8);
            for (String given : signatures.split(" "))
                if (MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8))) return true;
            return false;
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }
}
