//! Owns `VERIFY.txt`: one page by which a stranger checks a package with public tools.

/// The page.
pub(crate) fn verify_text(version: &str) -> String {
    format!(
        "\
HOW TO CHECK THIS PACKAGE
=========================
This folder is a BagIt 1.0 bag (RFC 8493). You need not trust the program that made it (mailtrail {version}).
Run the commands in this folder. Each answers one question.

L0  Are the bytes unchanged?
      sha256sum -c manifest-sha256.txt
      sha256sum -c tagmanifest-sha256.txt
    On macOS: shasum -a 256 -c FILE. On Windows: certutil -hashfile FILE SHA256, and compare.
    Each line must end in OK. The same holds for the two sha512 manifests (sha512sum -c).

L1  Is the payload complete, and was nothing added to it?
      pip install bagit
      bagit.py --validate .
    sha256sum does not notice a file that was added. bagit.py does not notice a file that was added outside data/.
    mailtrail verify notices both:
      mailtrail verify .

L2  Who sealed it, and since when does it exist?
    If signatures/ is there:
      ssh-keygen -Y verify -f signatures/allowed_signers -I SIGNER -n file \\
        -s signatures/NAME.sig < tagmanifest-sha256.txt
      openssl ts -verify -data tagmanifest-sha256.txt -in signatures/NAME.tsr -CAfile CA.pem
    The SHA-256 of tagmanifest-sha256.txt stands for the whole package: compare it with the one you were told.
    custody/custody.jsonl, if it is there, is a chain: prev_sha256 of a line is the SHA-256 of the line before it
    (without its line end), and object_sha256 of the first line is the SHA-256 of tagmanifest-sha256.txt.

L3  Does a figure show what the rows say?
    Each figure has the CSV it was drawn from beside it.

L4  Does the same program give the same result again?
    data/source holds the exports byte for byte; data/source/index.csv has their original names and hashes.
    Put them back under these names, run the program named in data/run/run.json over the case file, and compare hashes.
    Only the block \"machine\" of run.json may differ.
"
    )
}
