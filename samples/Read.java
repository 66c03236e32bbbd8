// Prints the status of a message: SMSGW_USER=... SMSGW_PASSWORD=... java Read.java MESSAGE_ID
// Use your JSON library in place of the pattern.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Read {
    static final Pattern STATUS = Pattern.compile("\"message_status\":\"(\\w+)\",\"error_code\":(?:null|\"(\\d+)\")");

    public static void main(String[] args) throws Exception {
        String url = System.getenv().getOrDefault("SMSGW_URL", "http://127.0.0.1:8080/app/smsgw/rest/v2");
        String login = System.getenv("SMSGW_USER") + ":" + System.getenv("SMSGW_PASSWORD");
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/messages/" + args[0]))
            .header("authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .timeout(Duration.ofSeconds(30))
            .build();
        HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        Matcher status = STATUS.matcher(response.body());
        if (response.statusCode() != 200 || !status.find()) {
            System.err.println(response.statusCode() + ": " + response.body());
            System.exit(1);
        }
        System.out.println(status.group(1) + " " + (status.group(2) == null ? "" : status.group(2)));
    }
}
