// Reads cases as JSON and says of each whether the reference library finds its signature right, and how it would sign itself.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const results = JSON.parse(readFileSync(0, "utf8")).map(({ key, headers, body }) => {
  const webhook = new Webhook(key);
  const text = Buffer.from(body, "base64").toString("utf8");
  const signature = webhook.sign(headers["webhook-id"], new Date(Number(headers["webhook-timestamp"]) * 1000), text);
  try {
    webhook.verify(text, headers);
    return { valid: true, signature };
  } catch (error) {
    return { valid: false, signature, error: error.message };
  }
});
console.log(JSON.stringify(results));
