{-# LANGUAGE OverloadedStrings #-}
-- The package jwt. It checks no claims: the caller reads the ClaimsMap. The protocol is that of interop/__init__.py.
module Main where
import Control.Exception (SomeException, evaluate, try)
import Control.Monad (unless)
import qualified Data.Aeson as A
import qualified Data.Aeson.Types as A
import Data.Aeson ((.:), (.=))
import Data.ByteArray.Encoding (Base (Base64URLUnpadded), convertFromBase)
import qualified Data.ByteString as B
import qualified Data.ByteString.Char8 as C
import qualified Data.ByteString.Lazy as L
import qualified Data.ByteString.Lazy.Char8 as LC
import Data.Maybe (fromMaybe, isJust)
import qualified Data.Text as T
import qualified Data.Text.Encoding as T
import System.IO
import Web.JWT

main :: IO ()
main = hSetBuffering stdout LineBuffering >> serve

serve :: IO ()
serve = do
  end <- isEOF
  unless end $ do
    line <- C.getLine
    maybe (fail "not a question") answer (A.decodeStrict line)
    serve

field :: A.Object -> A.Key -> Maybe T.Text
field object name = A.parseMaybe (.: name) object

answer :: A.Object -> IO ()
answer asked = do
  let word name = fromMaybe "" (field asked name)
      key = fromMaybe mempty (A.parseMaybe (.: "key") asked) :: A.Object
      say name value = LC.putStrLn (A.encode (A.object ["id" .= word "id", name .= (value :: T.Text)]))
      minting = isJust (A.parseMaybe (.: "mint") asked :: Maybe A.Value)
      outcome
        | word "alg" `notElem` ["HS256", "RS256"] = Left ("beyond", "alg " <> word "alg")
        | minting = mint asked key
        | word "form" /= "compact" = Left ("beyond", "form " <> word "form")
        | otherwise = (\found -> ("claims", found)) <$> verified key (word "token")
      strict (Left (_, words')) = T.length words'
      strict (Right (_, words')) = T.length words'
  result <- try (evaluate (strict outcome `seq` outcome)) :: IO (Either SomeException (Either (A.Key, T.Text) (A.Key, T.Text)))
  case result of
    Left trouble -> say "refused" (T.take 200 (T.pack (show trouble)))
    Right (Left (name, why)) -> say name why
    Right (Right (name, found)) -> say name found

octets :: T.Text -> B.ByteString
octets text = either (const B.empty) id (convertFromBase Base64URLUnpadded (T.encodeUtf8 text))

verified :: A.Object -> T.Text -> Either (A.Key, T.Text) T.Text
verified key token = case (field key "secret", T.encodeUtf8 <$> field key "pem") of
  (Just secret, _) -> check (VerifyHMACSecret (octets secret))
  (_, Just pem)
    | Just public <- readRsaPublicKey pem -> check (VerifyRSAPublicKey public)
    | Just private <- readRsaSecret pem -> check (VerifyRSAPrivateKey private)
    | otherwise -> Left ("refused", "readRsaPublicKey: Nothing")
  _ -> Left ("beyond", "key form")
  where
    check verifier = case decodeAndVerifySignature verifier token of
      Nothing -> Left ("refused", "decodeAndVerifySignature: Nothing")
      Just found -> Right (T.decodeUtf8 (L.toStrict (A.encode (claims found))))

mint :: A.Object -> A.Object -> Either (A.Key, T.Text) (A.Key, T.Text)
mint asked key
  | A.parseMaybe (.: "date") asked /= Just A.Null = Left ("beyond", "a date type")
  | otherwise = case (A.parseMaybe (.: "mint") asked, field key "secret", field key "pem" >>= readRsaSecret . T.encodeUtf8) of
      (Just wanted, Just secret, _) -> Right ("token", encodeSigned (EncodeHMACSecret (octets secret)) mempty wanted)
      (Just wanted, _, Just private) -> Right ("token", encodeSigned (EncodeRSAPrivateKey private) mempty wanted)
      _ -> Left ("refused", "these claims fit no JWTClaimsSet, or the key can't be read")
