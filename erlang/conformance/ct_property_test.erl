%% OTP's property tests need a tool that is not part of OTP: without it Common Test skips them, too.
-module(ct_property_test).
-export([init_per_suite/1, quickcheck/2]).

init_per_suite(_Config) -> {skip, "no property tester"}.
quickcheck(_Property, _Config) -> {skip, "no property tester"}.
