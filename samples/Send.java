// Sends one message: SMSGW_USER=... SMSGW_PASSWORD=... java Send.java RECIPIENT TEXT
// Use your JSON library in place of quoted() and the pattern.

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Send {
    static final Pattern MESSAGE_ID = Pattern.compile("\"message_id\":\"(\\d+)\"");

    public static void main(String[] args) throws InterruptedException {
        String login = System.getenv("SMSGW_USER") + ":" + System.getenv("SMSGW_PASSWORD");
        // Your own id of the message. A retry has the same one, so the message is sent once.
        String body = "{\"client_message_id\": " + quoted(UUID.randomUUID().toString())
            + ", \"sender\": " + quoted(env("SMSGW_SENDER", "SMSGW"))
            + ", \"recipient\": " + quoted(args[0])
            + ", \"message_text\": " + quoted(args[1]) + "}";
        HttpRequest request = HttpRequest
            .newBuilder(URI.create(env("SMSGW_URL", "http://127.0.0.1:8080/app/smsgw/rest/v2") + "/messages"))
            .header("authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .header("content-type", "application/json")
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        HttpClient client = HttpClient.newHttpClient();
        for (int pause = 1; ; pause *= 2) {
            int status = 0;
            String answer;
            try {
                HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
                status = response.statusCode();
                answer = response.body();
            } catch (IOException error) {
                answer = error.toString();
            }
            Matcher id = MESSAGE_ID.matcher(answer);
            // An id in a refusal, after a retry: the first request was accepted, and only its answer was lost.
            if (status != 0 && id.find()) {
                System.out.println(id.group(1));
                return;
            }
            if (pause > 8 || (status != 0 && status < 500 && status != 429)) {
                System.err.println(status + ": " + answer);
                System.exit(1);
            }
            Thread.sleep(pause * 1_000L);
        }
    }

    static String env(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null ? otherwise : value;
    }

    static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char letter : text.toCharArray()) {
            if (letter < ' ' || letter == '"' || letter == '\\') json.append(String.format("\\u%04x", (int) letter));
            else json.append(letter);
        }
        return json.append('"').toString();
    }
}
