"""Given and family names from many countries, each with the letters that its user name is made of."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"})
"""Latin letters that Unicode does not take apart into a base letter and a mark."""


@dataclass(frozen=True, slots=True)
class Culture:
    """Names that occur together, and where the people who bear them work."""

    locale: str
    city: str
    country: str
    """ISO 3166-1 code of two letters."""
    timezone: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    """Names as their bearers write them. Other scripts are followed by `|` and a spelling in Latin letters."""


def _culture(place: str, given: str, family: str) -> Culture:
    locale, city, country, timezone = place.split(", ")
    return Culture(locale, city, country, timezone, tuple(given.split(", ")), tuple(family.split(", ")))


CULTURES: tuple[Culture, ...] = (
    _culture(
        "en-GB, London, GB, Europe/London",
        "Alice, Oliver, Harriet, George, Priya, Callum, Imogen, Rhys",
        "Whitfield, O'Connor, Patel, Ashworth, Llewellyn, Fairclough, Barnes-Stone, Okafor",
    ),
    _culture(
        "de-DE, München, DE, Europe/Berlin",
        "Jürgen, Käthe, Matthias, Annika, Björn, Sabine, Tobias, Gülşen",
        "Müller, Weiß, Schäfer, von der Heide, Großmann, Lindner, Yılmaz, Köhler",
    ),
    _culture(
        "fr-FR, Lyon, FR, Europe/Paris",
        "Zoé, François, Amélie, Jean-Baptiste, Noëlle, Théo, Inès, Benoît",
        "Lefèvre, d'Aubigny, Moreau, Garçon, Benali, Château, Roux, Fournier",
    ),
    _culture(
        "es-MX, Guadalajara, MX, America/Mexico_City",
        "José María, Lucía, Íñigo, Ximena, Andrés, Concepción, Raúl, Belén",
        "Núñez Peña, García Márquez, Ibáñez, Castillo, Zúñiga, Herrera, de la Cruz, Ortiz",
    ),
    _culture(
        "pt-BR, São Paulo, BR, America/Sao_Paulo",
        "João, Conceição, Thiago, Luíza, Estêvão, Beatriz, Caetano, Inês",
        "Gonçalves, de Araújo, Magalhães, Simões, Barbosa, Falcão, Teixeira, Nóbrega",
    ),
    _culture(
        "pl-PL, Łódź, PL, Europe/Warsaw",
        "Łukasz, Małgorzata, Paweł, Żaneta, Zbigniew, Agnieszka, Michał, Róża",
        "Żółkiewski, Wójcik, Śliwa, Gałązka, Nowak, Brzęczyszczykiewicz, Zając, Dąbek",
    ),
    _culture(
        "sv-SE, Göteborg, SE, Europe/Stockholm",
        "Åsa, Björn, Märta, Örjan, Linnéa, Sören, Freja, Håkan",
        "Ångström, Öberg, Sjögren, Lindqvist, Hägg, Nyström, Åkerlund, Ek",
    ),
    _culture(
        "tr-TR, İzmir, TR, Europe/Istanbul",
        "İpek, Işıl, Çağlar, Şule, Ömer, Tuğba, Yiğit, Defne",
        "Yıldız, Öztürk, Çelik, Şahin, Güneş, Işık, Doğan, Kılıç",
    ),
    _culture(
        "el-GR, Αθήνα, GR, Europe/Athens",
        "Ελένη|Eleni, Νίκος|Nikos, Μαρία|Maria, Γιώργος|Giorgos, Σοφία|Sofia, Κώστας|Kostas",
        "Παππάς|Pappas, Δημητρίου|Dimitriou, Βλάχος|Vlachos, Αγγέλου|Angelou, Ρήγας|Rigas, Κυριακού|Kyriakou",
    ),
    _culture(
        "uk-UA, Київ, UA, Europe/Kyiv",
        "Олена|Olena, Андрій|Andrii, Юлія|Yuliia, Тарас|Taras, Соломія|Solomiia, Богдан|Bohdan",
        "Шевчук|Shevchuk, Коваль|Koval, Їжак|Yizhak, Гончар|Honchar, Мельник|Melnyk, Щербак|Shcherbak",
    ),
    _culture(
        "ar-EG, القاهرة, EG, Africa/Cairo",
        "ليلى|Layla, عمر|Omar, نور|Nour, يوسف|Youssef, مريم|Mariam, طارق|Tarek",
        "حسن|Hassan, المصري|Elmasry, فاروق|Farouk, منصور|Mansour, الشافعي|Elshafei, سليمان|Soliman",
    ),
    _culture(
        "he-IL, חיפה, IL, Asia/Jerusalem",
        "נועה|Noa, איתן|Eitan, תמר|Tamar, יונתן|Yonatan, שירה|Shira, גיל|Gil",
        "לוי|Levi, פרץ|Peretz, ביטון|Biton, אזולאי|Azoulay, כץ|Katz, מזרחי|Mizrahi",
    ),
    _culture(
        "hi-IN, पुणे, IN, Asia/Kolkata",
        "अनन्या|Ananya, रोहन|Rohan, मीरा|Meera, विक्रम|Vikram, कविता|Kavita, अर्जुन|Arjun",
        "जोशी|Joshi, मेहता|Mehta, राव|Rao, सिंह|Singh, देशपांडे|Deshpande, नायर|Nair",
    ),
    _culture(
        "zh-TW, 台北, TW, Asia/Taipei",
        "怡君|Yijun, 志明|Zhiming, 雅婷|Yating, 建宏|Jianhong, 淑芬|Shufen, 家豪|Jiahao",
        "陳|Chen, 林|Lin, 黃|Huang, 張|Zhang, 歐陽|Ouyang, 蔡|Tsai",
    ),
    _culture(
        "ja-JP, 大阪, JP, Asia/Tokyo",
        "さくら|Sakura, 健太|Kenta, 美咲|Misaki, 大輔|Daisuke, 陽菜|Hina, 翔|Sho",
        "田中|Tanaka, 佐藤|Sato, 小野寺|Onodera, 渡辺|Watanabe, 中村|Nakamura, 林|Hayashi",
    ),
    _culture(
        "ko-KR, 부산, KR, Asia/Seoul",
        "지훈|Jihun, 서연|Seoyeon, 민준|Minjun, 하은|Haeun, 도윤|Doyun, 수빈|Subin",
        "김|Kim, 박|Park, 최|Choi, 남궁|Namgung, 정|Jung, 윤|Yoon",
    ),
    _culture(
        "vi-VN, Đà Nẵng, VN, Asia/Ho_Chi_Minh",
        "Nguyệt, Quốc Anh, Thị Hương, Đức, Bích Ngọc, Tuấn, Mỹ Linh, Hải",
        "Nguyễn, Trần, Phạm, Đặng, Huỳnh, Võ, Bùi, Đỗ",
    ),
    _culture(
        "yo-NG, Lagos, NG, Africa/Lagos",
        "Adébáyò, Folákẹ́, Chinedu, Títílayọ̀, Emeka, Ngozi, Olúwaṣeun, Zainab",
        "Adéyẹmí, Nwosu, Balógun, Eze, Ògúnbìyí, Danjuma, Akíntọ́lá, Obi",
    ),
)

SURPRISING: dict[int, str] = {
    9: "[red]Bobby[/red] [bold]Tables",
    17: "Ann \x1b[31mEscape\x1b[0m\x07",
    28: "Rita \u202egnp.eciovni\u202c Override",
    44: "Zero\u200bWidth [/] [@click=app.quit]Link[/]",
}
"""Display names, by number of the person, that would act in a careless terminal: markup, an escape sequence, a
right-to-left override, a zero-width space and a link. Some people really are called something like this."""


def latin(name: str) -> str:
    """Return a name in the letters a to z, as user names are made."""
    spelt = name.partition("|")[2] or name
    folded = unicodedata.normalize("NFKD", spelt.casefold()).translate(_LETTERS)
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())


def written(name: str) -> str:
    """Return a name as its bearer writes it."""
    return name.partition("|")[0]
