#!/usr/bin/env escript
%% erlang-jose, with jiffy for JSON. The protocol is that of interop/__init__.py.
-mode(compile).

main([Paths]) ->
    code:add_paths(string:split(Paths, ":", all)),
    [{ok, _} = application:ensure_all_started(App) || App <- [crypto, public_key, jose]],
    jose:json_module(jose_json_jiffy),
    ok = io:setopts(standard_io, [binary, {encoding, latin1}]),
    serve().

serve() ->
    case io:get_line("") of
        eof -> ok;
        Line -> answer(jiffy:decode(Line, [return_maps])), serve()
    end.

answer(Asked) ->
    Said = try act(Asked)
           catch throw:{beyond, What} -> #{beyond => iolist_to_binary(What)};
                 Class:Error -> #{refused => short(io_lib:format("~p:~P", [Class, Error, 12]))}
           end,
    io:format("~s~n", [jiffy:encode(Said#{id => maps:get(<<"id">>, Asked)}, [uescape])]).

short(Text) -> Whole = unicode:characters_to_binary(Text), binary:part(Whole, 0, min(byte_size(Whole), 200)).

known() ->
    [<<(list_to_binary(Family))/binary, (list_to_binary(Size))/binary>>
     || Family <- ["HS", "RS", "PS", "ES"], Size <- ["256", "384", "512"]]
        ++ [<<"ES256K">>, <<"EdDSA">>, <<"Ed25519">>, <<"Ed448">>].

key(Asked) ->
    case maps:get(<<"key">>, Asked) of
        #{<<"jwk">> := Jwk} -> jose_jwk:from_map(Jwk);
        #{<<"pem">> := Pem} -> jose_jwk:from_pem(Pem);
        #{<<"jwks">> := Set} -> of_set(jose_jwk:from_map(Set), maps:get(<<"token">>, Asked));
        _ -> throw({beyond, "key form"})
    end.

%% A set by itself verifies nothing here; the caller takes out the key with the token's kid, or of its type.
of_set({jose_jwk, {jose_jwk_set, Keys}, _, _}, Token) ->
    Header = jiffy:decode(jose_jws:peek_protected(Token), [return_maps]),
    {Name, Wanted} = case Header of
                         #{<<"kid">> := Kid} -> {<<"kid">>, Kid};
                         _ -> {<<"kty">>, <<"EC">>}
                     end,
    Fits = fun(Key) ->
                   {_, Jwk} = (catch jose_jwk:to_map(Key)),
                   Common = #{<<"RS256">> => <<"RSA">>, <<"ES256">> => <<"EC">>},
                   maps:get(Name, Jwk, none) =:= Wanted
                       andalso maps:get(<<"kty">>, Jwk, none) =:= maps:get(maps:get(<<"alg">>, Header), Common)
           end,
    [Found | _] = [Key || Key <- Keys, (catch Fits(Key)) =:= true],
    Found.

act(#{<<"mint">> := Claims, <<"alg">> := Alg, <<"date">> := null} = Asked) ->
    {_, Token} = jose_jws:compact(jose_jwt:sign(key(Asked), #{<<"alg">> => Alg}, Claims)),
    #{token => Token};
act(#{<<"mint">> := _}) -> throw({beyond, "a date type"});
act(#{<<"alg">> := Alg, <<"form">> := Form, <<"token">> := Token} = Asked) ->
    lists:member(Alg, known()) orelse throw({beyond, ["alg ", Alg]}),
    lists:member(Form, [<<"detached">>, <<"detached-b64false">>]) andalso throw({beyond, ["form ", Form]}),
    Signed = case Form of
                 F when F =:= <<"flat">>; F =:= <<"general">> -> jiffy:decode(Token, [return_maps]);
                 _ -> Token
             end,
    verified(jose_jws:verify_strict(key(Asked), [Alg], Signed)).

verified({true, Payload, _}) -> #{bytes => base64:encode(Payload)};
verified({false, _, _}) -> #{refused => <<"verify_strict: false">>};
verified(Several) when is_list(Several) ->
    case [Payload || {_, Each} <- Several, {true, Payload, _} <- lists:flatten([Each])]
        ++ [Payload || {true, Payload, _} <- Several] of
        [Payload | _] -> #{bytes => base64:encode(Payload)};
        [] -> #{refused => <<"verify_strict: none fits">>}
    end;
verified(Other) -> #{refused => short(io_lib:format("~P", [Other, 10]))}.
