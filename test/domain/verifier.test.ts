import { expect } from "chai";
import { verifierFormat } from "../../server/domain/verifier.ts";

describe("the format of a stored PIN", () => {
  it("is told by the function that its PHC string names", () => {
    expect(verifierFormat("$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$ZGlnZXN0")).to.equal("argon2_fra_compliant");
    expect(verifierFormat("$pbkdf2-sha256$i=100000$c2FsdA$ZGlnZXN0")).to.equal("pbkdf2_legacy");
  });

  it("of nobody looks like the usual one: the answer must not tell who has a PIN", () => {
    expect(verifierFormat(null)).to.equal("argon2_fra_compliant");
  });
});
