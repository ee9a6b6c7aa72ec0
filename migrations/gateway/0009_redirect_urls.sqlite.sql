-- Where a payer may be sent back to after the hosted flow, letter for letter.

CREATE TABLE application_redirect_urls (
  application_id BLOB NOT NULL REFERENCES applications (id),
  url            TEXT NOT NULL,
  PRIMARY KEY (application_id, url)
) STRICT, WITHOUT ROWID;
