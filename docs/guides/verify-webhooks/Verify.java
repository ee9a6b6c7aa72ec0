// java Verify.java ID TIMESTAMP SIGNATURE < body        (the secret is in WEBHOOK_SECRET)
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Verify {
  static final long TOLERANCE = 5 * 60; // seconds

  /** Whether {@code body}, the bytes as they came, was sent by a holder of {@code secret} in the last five minutes. */
  static boolean isGenuine(String secret, String id, String timestamp, String signatures, byte[] body, Instant now)
      throws GeneralSecurityException {
    if (!timestamp.matches("[0-9]{1,12}") || Math.abs(now.getEpochSecond() - Long.parseLong(timestamp)) > TOLERANCE) {
      return false;
    }
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Base64.getDecoder().decode(secret.replaceFirst("^whsec_", "")), "HmacSHA256"));
    mac.update((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
    byte[] expected = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes(StandardCharsets.UTF_8);
    // While a secret is being changed there are two, separated by a space.
    for (String one : signatures.split(" ")) {
      if (MessageDigest.isEqual(expected, one.getBytes(StandardCharsets.UTF_8))) return true;
    }
    return false;
  }

  public static void main(String[] arguments) throws Exception {
    boolean genuine = isGenuine(System.getenv("WEBHOOK_SECRET"), arguments[0], arguments[1], arguments[2],
        System.in.readAllBytes(), Instant.now());
    System.out.println(genuine ? "genuine" : "forged");
    System.exit(genuine ? 0 : 1);
  }
}
