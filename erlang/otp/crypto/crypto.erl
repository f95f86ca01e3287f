%% Cryptography by the VM's own mbedtls: hashes, message authentication, ciphers, signatures, strong random bytes. The
%% natives are called before this module; here is what OTP builds upon them. There is no OpenSSL and no engine.
-module(crypto).
-overlay(whole).
-export([start/0, stop/0, info_lib/0, info/0, info_fips/0, enable_fips_mode/1, version/0, supports/0, supports/1, hash_info/1,
         cipher_info/1, mac/3, macN/4, macN/5, hash_xof/3, exor/2, rand_uniform/2, rand_seed/0, rand_seed/1, rand_seed_s/0,
         rand_seed_alg/1, rand_seed_alg/2, rand_seed_alg_s/1, rand_seed_alg_s/2, rand_plugin_next/1, rand_plugin_uniform/1,
         rand_plugin_uniform/2, bytes_to_integer/1, mod_pow/3, pbkdf2_hmac/5]).
-export([rand_cache_plugin_next/1]).

-define(HASHES, [sha, sha224, sha256, sha384, sha512, md5]).
-define(MACS, [hmac, cmac]).

start() -> ok.
stop() -> ok.
info_fips() -> not_supported.
enable_fips_mode(_) -> false.
version() -> "5.5.3".
info() -> #{compile_type => normal, cryptolib_version_compiled => "mbed TLS", cryptolib_version_linked => "mbed TLS",
            link_type => static, otp_crypto_version => version()}.
info_lib() -> [{<<"mbedtls">>, 0, <<"mbed TLS">>}].

supports() -> [{Kind, supports(Kind)} || Kind <- [hashs, ciphers, public_keys, macs, curves, rsa_opts]].

supports(hashs) -> ?HASHES;
supports(ciphers) -> [aes_128_cbc, aes_192_cbc, aes_256_cbc, aes_128_ctr, aes_192_ctr, aes_256_ctr, aes_128_ecb, aes_192_ecb,
                      aes_256_ecb, aes_128_gcm, aes_192_gcm, aes_256_gcm];
supports(public_keys) -> [ecdsa, ecdh];
supports(macs) -> ?MACS;
supports(curves) -> [secp256r1, secp384r1, secp521r1, secp256k1, x25519];
supports(rsa_opts) -> [].

hash_info(Type) ->
    case lists:keyfind(Type, 1, [{md5, 16, 64, 4}, {sha, 20, 64, 64}, {sha224, 28, 64, 675}, {sha256, 32, 64, 672},
                                 {sha384, 48, 128, 673}, {sha512, 64, 128, 674}]) of
        {_, Size, Block, Id} -> #{size => Size, block_size => Block, type => Id};
        false -> error({notsup, {"hash.c", 0}, "Unsupported hash algorithm"}, [Type])
    end.

cipher_info(Type) ->
    case lists:member(Type, supports(ciphers)) of
        true ->
            ["aes", Bits, Mode] = string:lexemes(atom_to_list(Type), "_"),
            Block = case Mode of "cbc" -> 16; "ecb" -> 16; _ -> 1 end,
            Vector = case Mode of "ecb" -> 0; "gcm" -> 12; _ -> 16 end,
            #{type => undefined, key_length => list_to_integer(Bits) div 8, iv_length => Vector, block_size => Block,
              mode => list_to_atom(Mode ++ "_mode"), prop_aead => Mode =:= "gcm"};
        false ->
            error(badarg, [Type])
    end.

mac(poly1305, Key, Data) -> error({notsup, {"mac.c", 0}, "Unsupported mac algorithm"}, [poly1305, Key, Data]);
mac(Type, Key, Data) -> error(badarg, [Type, Key, Data]).

macN(Type, Key, Data, Size) -> macN(Type, undefined, Key, Data, Size).
macN(Type, SubType, Key, Data, Size) ->
    case crypto:mac(Type, SubType, Key, Data) of
        Mac when Size =< byte_size(Mac) -> binary:part(Mac, 0, Size);
        _ -> error({badarg, {"mac.c", 0}, "Bad mac length"}, [Type, SubType, Key, Data, Size])
    end.

hash_xof(Type, Data, Length) -> error({notsup, {"hash.c", 0}, "Unsupported hash algorithm"}, [Type, Data, Length]).

%% By whole numbers of 256 bits: the machine's largest.
exor(A, B) ->
    First = iolist_to_binary(A),
    Second = iolist_to_binary(B),
    byte_size(First) =:= byte_size(Second) orelse error(badarg, [A, B]),
    iolist_to_binary(exor_words(First, Second)).

exor_words(<<A:128, First/binary>>, <<B:128, Second/binary>>) -> [<<(A bxor B):128>> | exor_words(First, Second)];
exor_words(First, Second) ->
    [X bxor Y || {X, Y} <- lists:zip(binary_to_list(First), binary_to_list(Second))].

%% From..To-1.
rand_uniform(From, To) when is_integer(From), is_integer(To), From < To -> From + uniform(To - From).

%% Bytes enough that what is thrown away is less than half.
uniform(Range) ->
    Bits = bits(Range - 1, 0),
    Size = (Bits + 7) div 8,
    <<Number:Size/unit:8>> = crypto:strong_rand_bytes(Size),
    case Number band (1 bsl Bits - 1) of
        Fit when Fit < Range -> Fit;
        _ -> uniform(Range)
    end.

bits(0, Count) -> max(1, Count);
bits(Number, Count) -> bits(Number bsr 1, Count + 1).

bytes_to_integer(Bytes) -> binary:decode_unsigned(Bytes).

mod_pow(Base, Exponent, Modulus) -> binary:encode_unsigned(power(integer(Base), integer(Exponent), integer(Modulus), 1)).

integer(Bytes) when is_binary(Bytes) -> binary:decode_unsigned(Bytes);
integer(Number) -> Number.

power(_Base, 0, Modulus, Product) -> Product rem Modulus;
power(Base, Exponent, Modulus, Product) when Exponent band 1 =:= 1 ->
    power(Base * Base rem Modulus, Exponent bsr 1, Modulus, Product * Base rem Modulus);
power(Base, Exponent, Modulus, Product) ->
    power(Base * Base rem Modulus, Exponent bsr 1, Modulus, Product).

pbkdf2_hmac(Digest, Password, Salt, Iterations, Length) ->
    crypto:pbkdf2_hmac(Digest, Password, Salt, Iterations, Length).

rand_seed() -> rand:seed(rand_seed_s()).
rand_seed_s() -> rand_seed_alg_s(?MODULE).
rand_seed_alg(Algorithm) -> rand:seed(rand_seed_alg_s(Algorithm)).
rand_seed_alg(Algorithm, Seed) -> rand:seed(rand_seed_alg_s(Algorithm, Seed)).
rand_seed(_Seed) -> rand_seed().

rand_seed_alg_s(?MODULE) ->
    {#{type => ?MODULE, bits => 64, next => fun ?MODULE:rand_plugin_next/1, uniform => fun ?MODULE:rand_plugin_uniform/1,
       uniform_n => fun ?MODULE:rand_plugin_uniform/2}, no_seed};
rand_seed_alg_s(crypto_cache) ->
    {#{type => crypto_cache, bits => 56, next => fun ?MODULE:rand_cache_plugin_next/1}, no_cache}.
rand_seed_alg_s(Algorithm, _Seed) -> rand_seed_alg_s(Algorithm).

rand_plugin_next(Seed) -> {uniform(1 bsl 64), Seed}.
rand_plugin_uniform(State) -> {uniform(1 bsl 53) * math:pow(2, -53), State}.
rand_plugin_uniform(Max, State) -> {uniform(Max) + 1, State}.
rand_cache_plugin_next(Cache) -> {uniform(1 bsl 56), Cache}.
