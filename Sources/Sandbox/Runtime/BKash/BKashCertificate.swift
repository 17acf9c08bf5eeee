/// The key and certificate that notifications are signed with: the sandbox's own, known to everybody and trusted by
/// nobody. It is fixed, because the same seed must give the same bytes.
enum BKashCertificate {
    /// PKCS #1, DER, Base64.
    static let key = """
        MIIEowIBAAKCAQEA1L6ZCQ7kpMApNquDcSjLkrtqqjK+vmu71vnLvoip8FECnBJ2KY/SiuAP8mlB9NWVK3U/rz7uu1S2zhjv31qR
        4ZZQKOBD4bEBH2V0qKftyJMw8XSMTwBmkCx4ZfjfjH32Vh5NGS4D/S+mhabXP+zy+jugAE5aUVb1S+DGGAiJ4SMVSszNF63wZ6JJ
        t0ltyoJQw0ramsSUcItzCan32zE2OKYAIiYOrbjn/jnVz1kMTcrqj8eLYUVUe6D1WddK6meA3hG8irb5Wd+pdV293RcBhIptDZed
        dX5izrvu6koFuj1yPLH+zcQSfcVSJDVyV7zz0RTxz5saXyss53AeBFWHYQIDAQABAoIBAA13WbqADdWmhYqnWp+Wuc66PECKYRaD
        5+pDT4k/n094i+toeRWdEUenHSX2pwJ3Y9onXCDx9oHhv9yAfuvVZiHbC4yQKDEorMMu/y5kdXcFEiEGg+ca8GMJ3ZPJfWT9iCfg
        AniojVTBEmT9WudPTqYA5i9+xirF5VWojwFwcOx7gshvntv7c3JSSm1yY8q9LdKj5VlY8PvVZCFGPNC8SVmqQKksp1zI3PJifBEv
        gfGJ4/5SUzcraYs6xqa3hzA3kFkrWElXXUOln2JfKn0LPiQF9PubizOkr4oVOSVCFB2TYTyH3bjCoMHL1x8A3bpNiyxOdLNOqoNY
        hNK6rtEjrL0CgYEA83IPCAYfpT69bXt4ja35iP1B7efBur6nyBxqj9fKb8h2qGm/6Avt//w1imREA6PJD3TKfUXrTzFCaRk6+Z2X
        YqEEminuOG4tXew6VzWOig5+KUGog1rk06RPwTIpsCAJJaKRaoAp/vFQrmrFKCasAXoVQoQEX/ngHt1wgeEsXL8CgYEA37c6Q86z
        /lKGOxm4pjKRLfqhZNYrNbh9afcUCcLIgBcOjcDVhxSk+GMlCRlHZy7HkT6DwkDf6UZmacQwaRhk3qajWmky0aTRRbbveBXUAr+K
        Ug7rk1sDV5PxgKaBDe96yQ8lhW7iSb8QOCu6qzZbTNv9TFMYUBYoDdFrPgSFg98CgYApufYLmQkZiKxtNImQNy6bJVWEkoGpIX6e
        lQhKyWDgUgrMiPukqU7M3ozKwK7LtOoEZS9D05UmiLnqS7HJERLei9y/E8rKD1BlVdUWF47r6NoE9kUM5qpsADDPW2q7znHi6n9k
        Mr1//hqnGpPacu5ufl9gfEJHtQuOHsRm7pJs/wKBgQDR90ELBQRv7HopG+HuskUJ91HktxGE8OtcOdYntxXBCmLRbiu6BQk0SrEm
        0f/u+ru5OQgmmAbPBRD3sXeSG6AITDPCljtpAZycJq6ocSwzjBvBGlnFSkVfu+2MxjkXoC0IaVvY2RIvDtClN32SVYjpIQuhx9do
        yvK6zVMuuMWq1wKBgDEi+mNinzIuRt2wuzM+T36jghQsAci9pqtvfmKrU7IPIuXFynZ2gEbJyU+B8c/rKc7Kayk859vto7YsqZy2
        3et0guFZ5zA8BPN5lhvu9sbYNG9RHmgiF47J0aDaUSHr3yPXXEyQiymWFFMfkJeyGhl9l1f9oW3dCYcjfyCSDIrL
        """

    static let pem = """
        -----BEGIN CERTIFICATE-----
        MIIDYTCCAkmgAwIBAgIUWux5HH6x8DrcDBI2qe0vALTGQfYwDQYJKoZIhvcNAQEL
        BQAwPzEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20xITAfBgNVBAoMGEhhYXQg
        c2FuZGJveCwgbm90IEFtYXpvbjAgFw0yNjExMjEwMDEwNTdaGA8yMTI2MTAyODAw
        MTA1N1owPzEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20xITAfBgNVBAoMGEhh
        YXQgc2FuZGJveCwgbm90IEFtYXpvbjCCASIwDQYJKoZIhvcNAQEBBQADggEPADCC
        AQoCggEBANS+mQkO5KTAKTarg3Eoy5K7aqoyvr5ru9b5y76IqfBRApwSdimP0org
        D/JpQfTVlSt1P68+7rtUts4Y799akeGWUCjgQ+GxAR9ldKin7ciTMPF0jE8AZpAs
        eGX434x99lYeTRkuA/0vpoWm1z/s8vo7oABOWlFW9UvgxhgIieEjFUrMzRet8Gei
        SbdJbcqCUMNK2prElHCLcwmp99sxNjimACImDq245/451c9ZDE3K6o/Hi2FFVHug
        9VnXSupngN4RvIq2+VnfqXVdvd0XAYSKbQ2XnXV+Ys677upKBbo9cjyx/s3EEn3F
        UiQ1cle889EU8c+bGl8rLOdwHgRVh2ECAwEAAaNTMFEwHQYDVR0OBBYEFF15aN87
        q9bRYYwNOLouKMdN8dbNMB8GA1UdIwQYMBaAFF15aN87q9bRYYwNOLouKMdN8dbN
        MA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADggEBAGw276YfcMSNdJRc
        dl9XzwNBs/b3wWVL+GGWuaPZtgmsR5Ngmgc8wPHFoIu8sZhT/SdXtstdVaTqeCh5
        Uygw/YC1PZIDdagqJlLodDC6lbDhCYhsQ7Bb1yLKXMFzZKN8dUKWERwzQ6drRRhq
        7VkFC72MNFZQ2IonKaY24ZJwsJr47DHmt+GDghrPOWeQYpZe4FrywxyjmNs3qO8N
        NoDJVBVhi/GAfqnMF9NHvQjuYlnXm8rlYIqytP0OBh7Ox/BSOZC3srLVuMQalChd
        /ZpihFRbujfslG337t9gy21mz0fxtaCryM8hs5rij0SNCkMux1uwsF4KOECaeUm1
        pWjUUPA=
        -----END CERTIFICATE-----

        """
}
