// SPDX-License-Identifier: Apache-2.0
// TlsContext: the settings of OpenSSL, one by one; see tls_context.hpp.
#include "signaling/tls/tls_context.hpp"

#include <array>
#include <filesystem>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "config/base/address.hpp"
#include "signaling/tls/cipher_names.hpp"
#include "signaling/tls/tls_limits.hpp"

namespace weir::signaling {
namespace {

int wire_version(TlsVersion version) {
    constexpr std::array<int, 4> kVersions{TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION,
                                           TLS1_3_VERSION};
    return kVersions.at(static_cast<std::size_t>(version));
}

bool is_file(const std::string& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

// RFC 5922 7.1: a SIP URI among the alternative names says the domain, too.
bool has_sip_uri(X509* certificate, const std::string& name) {
    const auto free_names = [](GENERAL_NAMES* names) { GENERAL_NAMES_free(names); };
    void* extension = X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr);
    const std::unique_ptr<GENERAL_NAMES, decltype(free_names)> names(
        static_cast<GENERAL_NAMES*>(extension), free_names);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* each = sk_GENERAL_NAME_value(names.get(), i);
        if (each->type != GEN_URI) continue;
        const ASN1_IA5STRING* uri = each->d.uniformResourceIdentifier;
        const void* bytes = ASN1_STRING_get0_data(uri);
        const std::string text(static_cast<const char*>(bytes),
                               static_cast<std::size_t>(ASN1_STRING_length(uri)));
        if (text == "sip:" + name) return true;
    }
    return false;
}

bool says_any(X509* certificate, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        const bool matches =
            IpAddress::parse(name)
                ? X509_check_ip_asc(certificate, IpAddress::parse(name)->to_string().c_str(), 0) ==
                      1
                : X509_check_host(certificate, name.data(), name.size(), 0, nullptr) == 1;
        if (matches || has_sip_uri(certificate, name)) return true;
    }
    return false;
}

// Asked for each certificate of the chain, the peer's own last (depth 0). Failing here sends the
// peer an alert, which closing afterwards would not.
int check_peer(int is_trusted, X509_STORE_CTX* store) {
    if (is_trusted == 0 || X509_STORE_CTX_get_error_depth(store) != 0) return is_trusted;
    void* handle = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    const void* data = SSL_get_app_data(static_cast<SSL*>(handle));
    const auto* names = static_cast<const PeerNames*>(data);
    if (names == nullptr || !names->checked) return 1;
    if (says_any(X509_STORE_CTX_get_current_cert(store), names->names)) return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
    return 0;
}

tl::unexpected<Error> refused(const std::string& what, const std::string& file) {
    return fail(ErrorCode::invalid, fmt::format("{} of {}: {}", what, file, tls_error_text()));
}

Result<void> load_identity(SSL_CTX* context, const std::string& base, const std::string& name) {
    const std::string certificate = base + ".pem";
    const std::string key = base + ".key";
    for (const std::string& file : {certificate, key})
        if (!is_file(file))
            return fail(ErrorCode::not_found,
                        fmt::format("trustpoint {}: there is no file {}: put the {} there", name,
                                    file, file == key ? "private key" : "certificate"));
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
        return refused("cannot use the certificate", certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
        return refused("cannot use the private key", key);
    if (SSL_CTX_check_private_key(context) != 1)
        return refused("the private key is not that of the certificate", key);
    return {};
}

Result<void> load_authorities(SSL_CTX* context, const TlsSettings& settings,
                              const TlsIdentity& identity, TlsRole role) {
    const std::string& name = identity.verifier.empty() ? identity.trustpoint : identity.verifier;
    std::string file = settings.directory + "/" + name + ".ca.pem";
    if (!is_file(file) && !identity.verifier.empty())
        return fail(ErrorCode::not_found,
                    fmt::format("client-vtp {}: there is no file {}", name, file));
    if (!is_file(file)) file = settings.directory + "/ca.pem";
    const bool has_file = is_file(file);
    if (has_file && SSL_CTX_load_verify_locations(context, file.c_str(), nullptr) != 1)
        return refused("cannot use the authorities", file);
    if (!has_file && role == TlsRole::client) SSL_CTX_set_default_verify_paths(context);
    int mode = SSL_VERIFY_PEER;
    if (role == TlsRole::server) {
        if (!has_file) mode = SSL_VERIFY_NONE;
        if (has_file) {
            mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
            SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(file.c_str()));
        }
    }
    SSL_CTX_set_verify(context, mode, check_peer);
    SSL_CTX_set_verify_depth(context, kTlsMaxChain);
    return {};
}

// Suites that are named are the only ones: a version that none of them is of would bring its own.
void keep_to_named_suites(SSL_CTX* context, const TlsSettings& settings, const CipherLists& lists) {
    if (lists.from_1_3.empty() && !lists.until_1_2.empty() && settings.lowest < TlsVersion::v1_3)
        SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    if (lists.until_1_2.empty() && !lists.from_1_3.empty() && settings.highest == TlsVersion::v1_3)
        SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
}

Result<void> set_ciphers(SSL_CTX* context, const TlsSettings& settings,
                         const TlsIdentity& identity) {
    CipherLists lists = cipher_lists(identity.ciphers);
    keep_to_named_suites(context, settings, lists);
    if (settings.lowest < TlsVersion::v1_2) {
        // OpenSSL 3 has these versions only at the lowest of its security levels.
        if (lists.until_1_2.empty()) lists.until_1_2 = "DEFAULT";
        lists.until_1_2 += ":@SECLEVEL=0";
    }
    if (!lists.until_1_2.empty() && SSL_CTX_set_cipher_list(context, lists.until_1_2.c_str()) != 1)
        return refused("no usable cipher suite", lists.until_1_2);
    if (!lists.from_1_3.empty() && SSL_CTX_set_ciphersuites(context, lists.from_1_3.c_str()) != 1)
        return refused("no usable cipher suite", lists.from_1_3);
    if (identity.curve_384 && SSL_CTX_set1_groups_list(context, "P-384") != 1)
        return refused("no curve", "P-384");
    return {};
}

}  // namespace

std::string tls_error_text() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return "no reason is given";
    const char* reason = ERR_reason_error_string(code);
    return reason == nullptr ? fmt::format("error {:x}", code) : reason;
}

Result<std::shared_ptr<const TlsContext>> TlsContext::load(const TlsSettings& settings,
                                                           const TlsIdentity& identity,
                                                           TlsRole role) {
    ERR_clear_error();
    SslContextPtr context(
        SSL_CTX_new(role == TlsRole::server ? TLS_server_method() : TLS_client_method()));
    if (!context) return fail(ErrorCode::exhausted, "OpenSSL has no memory for a context");
    SSL_CTX_set_min_proto_version(context.get(), wire_version(settings.lowest));
    SSL_CTX_set_max_proto_version(context.get(), wire_version(settings.highest));
    // Each connection shows its certificates anew: a resumed session would skip the checks, and
    // SIP connections live for hours anyway.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                           SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    // Whom we call need not ask who we are; who calls us always does.
    if (role == TlsRole::server || !identity.trustpoint.empty())
        WEIR_TRY(load_identity(context.get(), settings.directory + "/" + identity.trustpoint,
                               identity.trustpoint));
    WEIR_TRY(load_authorities(context.get(), settings, identity, role));
    WEIR_TRY(set_ciphers(context.get(), settings, identity));
    return std::make_shared<const TlsContext>(std::move(context));
}

Result<SslPtr> TlsContext::open(int fd, TlsRole role, const std::string& sni,
                                PeerNames& names) const {
    SslPtr ssl(SSL_new(context_.get()));
    if (!ssl || SSL_set_fd(ssl.get(), fd) != 1)
        return fail(ErrorCode::exhausted, "OpenSSL has no memory for a connection");
    SSL_set_app_data(ssl.get(), &names);  // for check_peer
    if (std::string name = sni; !name.empty())  // copied by OpenSSL
        SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    if (role == TlsRole::server)
        SSL_set_accept_state(ssl.get());
    else
        SSL_set_connect_state(ssl.get());
    return ssl;
}

}  // namespace weir::signaling
