// `qantara app redirect|secret|certificate|key …` and `qantara signing-key …`: what opens an application.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/context.h"

namespace qantara::cli {

struct AppRedirectOptions {
  std::filesystem::path data;
  std::string app_token;  ///< Empty: the only application there is.
  std::string url;        ///< Of add and remove.
};
/// Each shows the URLs that are registered, after what it did.
Task<int> app_redirect_add(Context& context, AppRedirectOptions options);
Task<int> app_redirect_list(Context& context, AppRedirectOptions options);
Task<int> app_redirect_remove(Context& context, AppRedirectOptions options);

struct AppSecretOptions {
  std::filesystem::path data;
  std::string app_token;
  std::string overlap = "24h";
};
/// Makes a new client secret and prints it, which nobody can see again.
Task<int> app_secret_rotate(Context& context, AppSecretOptions options);

struct AppCertificateOptions {
  std::filesystem::path data;
  std::string app_token;
  std::filesystem::path file;  ///< Of add: PEM.
  std::string fingerprint;     ///< Of remove.
};
/// Each shows the certificates that are bound, after what it did.
Task<int> app_certificate_add(Context& context, AppCertificateOptions options);
Task<int> app_certificate_list(Context& context, AppCertificateOptions options);
Task<int> app_certificate_remove(Context& context, AppCertificateOptions options);

struct AppKeyOptions {
  std::filesystem::path data;
  std::string app_token;
  std::string name;                 ///< Of create.
  std::vector<std::string> scopes;  ///< Of create; none: everything.
  std::string expires_in;           ///< Of create; empty: never.
  std::string id;                   ///< Of revoke.
};
Task<int> app_key_create(Context& context, AppKeyOptions options);
Task<int> app_key_list(Context& context, AppKeyOptions options);
Task<int> app_key_revoke(Context& context, AppKeyOptions options);

struct SigningKeyOptions {
  std::filesystem::path data;
};
Task<int> signing_key_list(Context& context, SigningKeyOptions options);
Task<int> signing_key_rotate(Context& context, SigningKeyOptions options);

}  // namespace qantara::cli
